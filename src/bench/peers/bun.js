// The hub of Bun: everybody hears what anybody says.

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("")),
  websocket: {
    open: (socket) => socket.subscribe("room"),
    message(socket, text) {
      socket.send(text);
      socket.publish("room", text);
    },
  },
});
