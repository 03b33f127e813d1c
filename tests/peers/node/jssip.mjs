// JsSIP without a browser: node jssip.mjs udp|tcp PORT
import { Calls, Media, emit, obey, transportOfArguments } from "./peer.mjs";

/** What JsSIP takes for media, instead of a browser's. */
class PeerConnection extends EventTarget {
  signalingState = "stable";
  iceGatheringState = "complete";
  iceConnectionState = "connected";
  connectionState = "connected";
  localDescription = null;
  remoteDescription = null;
  #media = new Media();
  async createOffer() {
    return { type: "offer", sdp: this.#media.offer() };
  }
  async createAnswer() {
    return { type: "answer", sdp: this.#media.answer(this.remoteDescription.sdp) };
  }
  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === "offer" ? "have-local-offer" : "stable";
  }
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }
  addTrack() {}
  getSenders() {
    return [];
  }
  getReceivers() {
    return [];
  }
  close() {
    this.signalingState = "closed";
  }
}

globalThis.window = globalThis;
globalThis.RTCPeerConnection = PeerConnection;
globalThis.RTCSessionDescription = class {
  constructor(description) {
    Object.assign(this, description);
  }
};

const { default: JsSIP } = await import("jssip");
const carrier = transportOfArguments();
const calls = new Calls();
const options = {
  mediaConstraints: { audio: false, video: false },
  mediaStream: { getTracks: () => [], getAudioTracks: () => [], getVideoTracks: () => [] },
  rtcOfferConstraints: {},
};

/** The socket of JsSIP over one of our transports. */
const socket = {
  via_transport: carrier.name,
  url: `${carrier.name.toLowerCase()}://${carrier.host}:${carrier.port}`,
  sip_uri: `sip:${carrier.host}:${carrier.port};transport=${carrier.name.toLowerCase()}`,
  connect() {
    carrier.onmessage = (text) => this.ondata(text);
    carrier.open().then(() => this.onconnect());
  },
  disconnect() {
    carrier.close();
  },
  send(text) {
    carrier.send(text);
    return true;
  },
};

function follow(session) {
  const call = calls.add(session);
  const tell = (name, as, members = () => ({})) =>
    session.on(name, (data) => emit(as, { call, who: data?.originator, ...members(data) }));
  tell("progress", "ringing", ({ response }) => ({ code: response?.status_code }));
  tell("confirmed", "confirmed");
  tell("failed", "failed", ({ message, cause }) => ({ code: message?.status_code, cause }));
  tell("ended", "terminated", ({ cause }) => ({ cause }));
  tell("hold", "hold");
  tell("unhold", "unhold");
  tell("reinvite", "reinvite");
  tell("update", "updated", ({ request }) => ({ offer: !!request.body }));
  tell("sdp", "sdp", ({ type, sdp }) => ({ type, sdp }));
  tell("newInfo", "info", ({ info }) => ({ type: info.contentType, body: info.body }));
  tell("newDTMF", "dtmf", ({ dtmf }) => ({ tone: dtmf.tone }));
  session.on("refer", ({ request, accept }) => {
    emit("refer", { call, target: request.refer_to.uri.toString() });
    accept(follow, { ...options });
  });
  session.on("replaces", ({ request, accept }) => {
    emit("replaces", { call });
    accept((replacing) => {
      follow(replacing);
      replacing.answer(options);
    });
  });
  return call;
}

const agent = new JsSIP.UA({
  sockets: [socket],
  uri: `sip:jssip@${carrier.host}:${carrier.port}`,
  contact_uri: `sip:jssip@${carrier.host}:${carrier.port};transport=${carrier.name.toLowerCase()}`,
  register: false,
  authorization_user: "jssip",
  password: "secret",
  session_timers: true,
  session_timers_refresh_method: "UPDATE",
});
agent.on("newRTCSession", ({ originator, session, request }) => {
  if (originator === "remote") emit("incoming", { call: follow(session), offer: !!request.body });
});
agent.on("newMessage", ({ originator, request }) => {
  if (originator === "remote") emit("message", { text: request.body });
});


/** One of the changes that JsSIP makes, by a re-INVITE or by an UPDATE. */
function change(how) {
  return (number, [by]) => {
    const answered = () => emit("updated", { call: number, who: "local", code: 200 });
    if (!calls.get(number)[how]({ useUpdate: by === "update" }, answered))
      throw new Error("refused");
  };
}

function refer(session, target, more) {
  const heard = (name) => (event) =>
    emit("notify", { call: session.number, name, code: event?.status_line?.status_code });
  session.refer(target, {
    ...more,
    eventHandlers: {
      trying: heard("trying"), progress: heard("progress"), accepted: heard("accepted"),
      failed: heard("failed"),
    },
  });
}

obey({
  call(_, [uri]) {
    emit("calling", { call: follow(agent.call(uri, options)) });
  },
  answer: (number) => calls.get(number).answer(options),
  reject: (number, [code]) => calls.get(number).terminate({ status_code: Number(code) }),
  bye: (number) => calls.get(number).terminate(),
  cancel: (number) => calls.get(number).terminate(),
  hold: change("hold"),
  resume: change("unhold"),
  renegotiate: change("renegotiate"),
  info: (number, [type, body]) => calls.get(number).sendInfo(type, body),
  dtmf: (number, [tone]) => calls.get(number).sendDTMF(tone, { transportType: "INFO" }),
  message: (_, [uri, ...words]) => agent.sendMessage(uri, words.join(" "), {
    eventHandlers: {
      succeeded: ({ response }) => emit("response", { code: response.status_code }),
    },
  }),
  refer: (number, [uri]) => refer(calls.get(number), uri),
  "refer-replace"(number, [other]) {
    const replaced = calls.get(Number(other));
    refer(calls.get(number), replaced.remote_identity.uri.toString(), { replaces: replaced });
  },
  proxy(_, [host, port]) {
    carrier.proxy = { host, port: Number(port) };
    emit("proxy");
  },
  quit: () => process.exit(0),
});

agent.on("connected", () => emit("listening"));
agent.start();
