// An object store of the npm package s3rver, which checks AWS Signature Version 4 as the original does.
// Its settings come as JSON on standard input. Its one account is its own: the key id and secret are both S3RVER.
import { readFileSync } from 'node:fs';
import S3rver from 's3rver';

const settings = JSON.parse(readFileSync(0, 'utf8'));

new S3rver({
  address: '127.0.0.1',
  port: settings.port,
  silent: true,
  directory: settings.folder,
  vhostBuckets: false,
  configureBuckets: [{ name: 'orders' }],
}).run().then(() => console.log('listening'));
