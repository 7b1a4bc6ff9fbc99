"""An API made of Django REST framework, with its own token, password and session authentication and with simplejwt.

Its settings come as JSON on standard input. It answers in the libraries' own words.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings as django_settings

given = json.load(sys.stdin)
# {port, folder, secret, users: {name: {password, token, active, staff}}}

django_settings.configure(
    SECRET_KEY=given["secret"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{given['folder']}/django.sqlite"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "rest_framework",
        "rest_framework.authtoken",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # quick; the users live for one run
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_THROTTLE_RATES": {"user": "1/hour"}},
    SIMPLE_JWT={"ACCESS_TOKEN_LIFETIME": timedelta(minutes=30)},
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - Django wants its settings first
from django.core.management import call_command  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.authentication import (  # noqa: E402
    BaseAuthentication,
    BasicAuthentication,
    SessionAuthentication,
    TokenAuthentication,
)
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.throttling import BaseThrottle, UserRateThrottle  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402


def view(
    how: type[BaseAuthentication],
    *,
    may: type[BasePermission] = IsAuthenticated,
    throttle: type[BaseThrottle] | None = None,
) -> object:
    """A resource behind one way to authenticate, one permission and perhaps a throttle."""

    class Orders(APIView):
        authentication_classes = (how,)
        permission_classes = (may,)
        throttle_classes = (throttle,) if throttle is not None else ()

        def get(self, _request: object) -> Response:
            return Response({"orders": []})

        def post(self, _request: object) -> Response:
            return Response({"order": 1})

    return Orders.as_view()


urlpatterns = [
    path("health", lambda _request: JsonResponse({"ok": True})),
    path("token/orders", view(TokenAuthentication)),
    path("basic/orders", view(BasicAuthentication)),
    path("session/orders", view(SessionAuthentication)),
    path("jwt/orders", view(JWTAuthentication)),
    path("jwt/staff", view(JWTAuthentication, may=IsAdminUser)),
    path("jwt/seldom", view(JWTAuthentication, throttle=UserRateThrottle)),
]


class Quiet(WSGIRequestHandler):
    """Logs nothing: a request line may carry a credential."""

    def log_message(self, *_args: object) -> None:
        """Leaves it out."""


call_command("migrate", verbosity=0)
for name, about in given["users"].items():
    user = User.objects.create_user(
        name, password=about["password"], is_active=about["active"], is_staff=about["staff"]
    )
    Token.objects.create(user=user, key=about["token"])

from django.core.wsgi import get_wsgi_application  # noqa: E402

make_server("127.0.0.1", given["port"], get_wsgi_application(), handler_class=Quiet).serve_forever()
