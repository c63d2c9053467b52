/** The ceiling: a Socket.IO server that authenticates nobody, stores nothing and relays `send` to one room. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});
io.on('connection', (socket) => {
  socket.join('room');
  socket.on('send', (payload, acknowledge) => {
    io.to('room').emit('message:new', payload);
    acknowledge({ ok: true });
  });
});
http.listen(0, '127.0.0.1', () => process.send({ ready: http.address().port }));
