// The guests' WebSocket speaks well enough: what it says arrives, what it is told it hears.
import { expect, test } from "@playwright/test";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { GuestSocket } from "../fixtures/socket";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The text of one masked frame of less than 64 KiB. */
function unmask(frame: Buffer): string {
  const short = (frame[1] ?? 0) & 0x7f;
  const head = short === 126 ? 4 : 2;
  const mask = frame.subarray(head, head + 4);
  return frame
    .subarray(head + 4)
    .map((byte, index) => byte ^ (mask[index % 4] ?? 0))
    .toString();
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? [0x81, payload.length] : [0x81, 126, 0, 0];
  const bytes = Buffer.from(head);
  if (payload.length >= 126) bytes.writeUInt16BE(payload.length, 2);
  return Buffer.concat([bytes, payload]);
}

test("a guest says hello and hears the answer, also in pieces", async () => {
  const heard: string[] = [];
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Protocol: ${request.headers["sec-websocket-protocol"]}\r\n` +
        `Sec-WebSocket-Accept: ${key.digest("base64")}\r\n\r\n`,
    );
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard.push(unmask(bytes));
      const answer = frame(JSON.stringify({ t: "welcome", text: "w".repeat(500) }));
      socket.write(answer.subarray(0, 3));
      setImmediate(() => socket.write(answer.subarray(3)));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const socket = await GuestSocket.connect(`http://127.0.0.1:${address.port}`, {});
  socket.say({ t: "hello", epoch: "", rooms: [] });
  expect((await socket.hears("welcome")).text).toBe("w".repeat(500));
  socket.say({ t: "open", re: 1, room: "r".repeat(200) });
  await expect.poll(() => heard.length).toBe(2);
  expect(heard[0]).toBe(`{"t":"hello","epoch":"","rooms":[]}`);
  expect(heard[1]).toBe(`{"t":"open","re":1,"room":"${"r".repeat(200)}"}`);
  socket.close();
  server.close();
});
