from tui401.library import async_response_hook as async_response_hook
from tui401.library import explain as explain
from tui401.library import explain_record as explain_record
from tui401.library import response_hook as response_hook

__version__: str
