/**
 * Loaded into a server process before its own code (`node --import`): ends it in good order when the program that
 * started it asks or is gone, on systems without signals too.
 */
import process from 'node:process';

/** Asks the process to stop exactly as a signal would, so that one shutdown serves both. */
function stop() {
  // While the server is still starting nobody listens for signals, and there is nothing to finish.
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(1);
}

process.on('message', (message) => {
  if (message === 'stop') stop();
});
process.once('disconnect', stop);
// Listening for messages must not keep the process alive.
process.channel?.unref();
