/**
 * Firebase's Auth emulator alone, on 127.0.0.1: `node server.js PROJECT PORT`.
 *
 * Not by `firebase emulators:start`: that needs all of the command line tool, four times the packages, and opens two ports more.
 */

const { createApp } = require('firebase-tools/lib/emulator/auth/server');

const [project, port] = process.argv.slice(2);

createApp(project).then((app) => app.listen(Number(port), '127.0.0.1'));
