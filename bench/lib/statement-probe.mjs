/** Preloaded into the API: counts the statements it sends to PostgreSQL, and answers the message `statements` with the number so far. */
import pg from 'pg';

let count = 0;
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function counted(...args) {
  count++;
  return query.apply(this, args);
};

process.on('message', (message) => {
  if (message === 'statements') process.send({ statements: count });
});
