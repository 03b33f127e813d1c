// How SIP messages come and go: whole ones, as text. Each transport has the same face, so that a
// stack does not know which one carries it:
//   name, host, port         what Via and Contact say
//   open()                   a promise: it can send, and will hear
//   send(text)               to where the message itself says it has to go
//   close()
//   proxy                    where requests go whose URI names no port: { host, port }
//   onmessage(text)          set by whoever listens
import dgram from "node:dgram";
import net from "node:net";

const hostPort = (text) => {
  const [host, port] = text.replace(/^[^@]*@/, "").split(/[;?]/)[0].split(":");
  return { host, port: Number(port || 5060) };
};

/** The next hop of a request: its first Route, else the request URI. RFC 3261 §8.1.2 */
function nextHop(request, proxy) {
  const route = /^Route:\s*[^<\r\n]*<sips?:([^>]+)>/im.exec(request);
  const uri = (route ?? /^\S+ sips?:(\S+)/.exec(request))[1];
  return proxy && !/:\d/.test(uri) ? proxy : hostPort(uri);
}

const topVia = (text) => /^(?:Via|v)\s*:\s*SIP\/2\.0\/\w+\s+([^;,\s]+)([^,\r\n]*)/im.exec(text);
const parameter = (via, name) => new RegExp(`;\\s*${name}=([^;\\s]+)`, "i").exec(via[2])?.[1];
const isResponse = (text) => text.startsWith("SIP/2.0 ");

/** Where a response goes over a datagram transport. RFC 3261 §18.2.2, RFC 3581 §4 */
function wayBack(response) {
  const via = topVia(response);
  const { host, port } = hostPort(via[1]);
  return {
    host: parameter(via, "received") ?? host,
    port: Number(parameter(via, "rport") ?? port),
  };
}

class Transport {
  constructor(name, port) {
    Object.assign(this, { name, host: "127.0.0.1", port, onmessage: () => {} });
  }
}

class Udp extends Transport {
  constructor(port) {
    super("UDP", port);
  }
  open() {
    this.socket = dgram.createSocket("udp4");
    this.socket.on("message", (bytes, from) => this.onmessage(filled(bytes.toString(), from)));
    return new Promise((opened, failed) => {
      this.socket.once("error", failed);
      this.socket.bind(this.port, this.host, opened);
    });
  }
  send(text) {
    const { host, port } = isResponse(text) ? wayBack(text) : nextHop(text, this.proxy);
    this.socket.send(isResponse(text) ? text : withRport(text), port, host);
  }
  close() {
    this.socket.close();
  }
}

/** JsSIP names no port in its Via: the responses would go to 5060. RFC 3581 §3 */
const withRport = (text) =>
  text.replace(/^(Via:[^\r\n]*)/im, (via) => (/;rport/i.test(via) ? via : via + ";rport"));

/** What the receiver writes into the topmost Via, which neither stack does. RFC 3581 §4 */
function filled(text, from) {
  if (isResponse(text)) return text;
  return text.replace(/;rport(?=[;,\r\n])/i, `;rport=${from.port};received=${from.address}`);
}

/** Listens, and connects to where no connection leads yet. RFC 3261 §18 */
class Tcp extends Transport {
  constructor(port) {
    super("TCP", port);
    this.byPeer = new Map();
    this.byBranch = new Map(); // a response goes back on the connection of its request
  }
  open() {
    this.server = net.createServer((connection) => this.#use(connection));
    return new Promise((opened, failed) => {
      this.server.once("error", failed);
      this.server.listen(this.port, this.host, opened);
    });
  }
  send(text) {
    if (isResponse(text)) {
      const connection = this.byBranch.get(parameter(topVia(text), "branch"));
      if (connection?.writable) connection.write(text);
      return;
    }
    const { host, port } = nextHop(text, this.proxy);
    const key = `${host}:${port}`;
    let connection = this.byPeer.get(key);
    if (!connection?.writable) {
      connection = net.connect({ host, port });
      this.byPeer.set(key, connection);
      this.#use(connection);
    }
    connection.write(text);
  }
  close() {
    this.server.close();
    for (const connection of this.byPeer.values()) connection.end();
  }
  #use(connection) {
    let rest = Buffer.alloc(0);
    connection.on("error", () => {});
    connection.on("data", (more) => {
      rest = Buffer.concat([rest, more]);
      for (let text; (text = this.#first(rest)) !== null; ) {
        rest = rest.subarray(text.size);
        if (!isResponse(text.message))
          this.byBranch.set(parameter(topVia(text.message), "branch"), connection);
        this.onmessage(text.message);
      }
    });
  }
  /** A whole message at the begin of what has come, and how many bytes it takes. RFC 3261 §18.3 */
  #first(bytes) {
    let begin = 0;
    while (bytes[begin] === 13 || bytes[begin] === 10) ++begin;
    const end = bytes.indexOf("\r\n\r\n", begin);
    if (end < 0) return null;
    const head = bytes.subarray(begin, end + 4).toString();
    const size = end + 4 + Number(/^(?:Content-Length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
    return bytes.length < size ? null : { size, message: bytes.subarray(begin, size).toString() };
  }
}

const kinds = { udp: Udp, tcp: Tcp };

export const transportOf = (kind, port) => new kinds[kind](port);
