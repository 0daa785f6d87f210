// The proxy fails the way it says, and only then.
import { expect, test } from "@playwright/test";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { Proxy } from "../fixtures/proxy";

/** A server that answers every line with the same line, and remembers what it heard. */
async function echo(): Promise<{ port: number; heard: () => string; server: Server }> {
  let heard = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += String(bytes);
      socket.write(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, heard: () => heard, server };
}

class Client {
  received = "";
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on("data", (bytes) => (this.received += String(bytes)));
    socket.on("error", () => {});
    socket.on("close", () => (this.closed = true));
  }

  static async to(port: number): Promise<Client> {
    const socket = createConnection(port, "127.0.0.1");
    await once(socket, "connect");
    return new Client(socket);
  }

  static fails(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      socket.on("connect", () => (socket.destroy(), resolve(false)));
      socket.on("error", () => resolve(true));
    });
  }
}

let target: Awaited<ReturnType<typeof echo>>;
let proxy: Proxy;

test.beforeEach(async () => {
  target = await echo();
  proxy = await Proxy.to(target.port);
});

test.afterEach(async () => {
  await proxy.close();
  target.server.close();
});

test("it carries bytes both ways", async () => {
  const client = await Client.to(proxy.port);
  client.socket.write("hello");
  await expect.poll(() => client.received).toBe("hello");
});

test("a cut ends every connection and lets new ones in", async () => {
  const client = await Client.to(proxy.port);
  client.socket.write("before");
  await expect.poll(() => client.received).toBe("before");
  proxy.cut();
  await expect.poll(() => client.closed).toBe(true);
  await expect.poll(() => proxy.connections).toBe(0);

  const next = await Client.to(proxy.port);
  next.socket.write("after");
  await expect.poll(() => next.received).toBe("after");
});

test("it refuses new connections, keeps open ones, and takes new ones again", async () => {
  const client = await Client.to(proxy.port);
  client.socket.write("a");
  await expect.poll(() => client.received).toBe("a");
  await proxy.refuse();
  expect(await Client.fails(proxy.port)).toBe(true);
  client.socket.write("b");
  await expect.poll(() => client.received).toBe("ab");
  await proxy.accept();
  expect(await Client.fails(proxy.port)).toBe(false);
});

test("going away leaves nothing open", async () => {
  const client = await Client.to(proxy.port);
  client.socket.write("a");
  await expect.poll(() => client.received).toBe("a");
  await proxy.goAway();
  await expect.poll(() => client.closed).toBe(true);
  expect(await Client.fails(proxy.port)).toBe(true);
});

test("a stalled direction holds its bytes and delivers them in order", async () => {
  const client = await Client.to(proxy.port);
  proxy.stall("down");
  client.socket.write("one ");
  await expect.poll(target.heard).toBe("one ");
  client.socket.write("two");
  await expect.poll(target.heard).toBe("one two");
  expect(client.received).toBe("");
  proxy.heal();
  await expect.poll(() => client.received).toBe("one two");
});

test("a delayed direction delivers late and in order", async () => {
  const client = await Client.to(proxy.port);
  proxy.delay(200, "up");
  const started = Date.now();
  client.socket.write("one ");
  client.socket.write("two");
  await expect.poll(() => client.received, { intervals: [10] }).toBe("one two");
  expect(Date.now() - started).toBeGreaterThanOrEqual(200);
});

test("a black hole swallows one direction, and healing cuts what lost bytes", async () => {
  const client = await Client.to(proxy.port);
  const untouched = await Client.to(proxy.port);
  proxy.blackHole("down");
  client.socket.write("lost");
  await expect.poll(target.heard).toBe("lost");
  expect(client.received).toBe("");
  expect(client.closed).toBe(false);
  proxy.heal();
  await expect.poll(() => client.closed).toBe(true);

  untouched.socket.write(" kept");
  await expect.poll(() => untouched.received).toBe(" kept");
});
