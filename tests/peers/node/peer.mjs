// What both peers share: commands come in, a line each, and events go out, a line of JSON each, in
// the words of the example ua.
import readline from "node:readline";
import { transportOf } from "./transport.mjs";

const started = Date.now();

export function emit(event, members = {}) {
  console.log(JSON.stringify({ t: (Date.now() - started) / 1000, event, ...members }));
}

/** `node STACK.mjs KIND PORT`: what carries the messages. */
export function transportOfArguments() {
  const [kind, port] = process.argv.slice(2);
  return transportOf(kind, Number(port));
}

/** The calls by their numbers. */
export class Calls {
  #all = new Map();
  #newest = 0;
  add(call) {
    this.#all.set(++this.#newest, call);
    return this.#newest;
  }
  get(number) {
    const call = this.#all.get(number || this.#newest);
    if (!call) throw new Error("no such call");
    return call;
  }
}

/** Obeys each command of `commands`: name → (number of the call or 0, words). */
export function obey(commands) {
  const input = readline.createInterface({ input: process.stdin });
  input.on("line", async (line) => {
    const words = line.trim().split(/\s+/);
    const number = /^\d+$/.test(words[0]) ? Number(words.shift()) : 0;
    const name = words.shift();
    try {
      if (!commands[name]) throw new Error("no such command");
      await commands[name](number, words);
    } catch (error) {
      emit("error", { message: `${line}: ${error.message}` });
    }
  });
  input.on("close", () => process.exit(0));
}

const mirrored = { sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" };
const directionOf = (sdp) => /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(sdp ?? "")?.[1];

/** Descriptions of media that lead nowhere. RFC 3264 */
export class Media {
  #version = 0;
  offer(direction = "sendrecv") {
    return this.#describe(direction);
  }
  answer(offer) {
    return this.#describe(mirrored[directionOf(offer)] ?? "sendrecv");
  }
  #describe(direction) {
    return (
      `v=0\r\no=peer 1 ${++this.#version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n` +
      `t=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=${direction}\r\n`
    );
  }
}
