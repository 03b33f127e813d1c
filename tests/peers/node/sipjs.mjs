// SIP.js without a browser: node sipjs.mjs udp|tcp PORT
import {
  Inviter, Messager, SessionState, SIPExtension, TransportState, UserAgent,
} from "sip.js";
import { Calls, Media, emit, obey, transportOfArguments } from "./peer.mjs";

const carrier = transportOfArguments();
const calls = new Calls();

/** A listener list, as SIP.js wants one of a transport. */
class Emitter {
  #listeners = new Set();
  addListener(listener) {
    this.#listeners.add(listener);
  }
  removeListener(listener) {
    this.#listeners.delete(listener);
  }
  emit(value) {
    for (const listener of this.#listeners) listener(value);
  }
}

/** The transport of SIP.js over one of ours. */
class Carried {
  state = TransportState.Disconnected;
  stateChange = new Emitter();
  protocol = carrier.name;
  isConnected() {
    return this.state === TransportState.Connected;
  }
  async connect() {
    carrier.onmessage = (text) => {
      this.onMessage?.(text);
      if (text.startsWith("ACK ")) emit("acknowledged"); // SIP.js itself does not tell of it
    };
    await carrier.open();
    this.#enter(TransportState.Connected);
    this.onConnect?.();
  }
  async disconnect() {
    carrier.close();
    this.#enter(TransportState.Disconnected);
    this.onDisconnect?.();
  }
  dispose() {
    return this.disconnect();
  }
  async send(text) {
    carrier.send(text);
  }
  #enter(state) {
    this.state = state;
    this.stateChange.emit(state);
  }
}

/** What SIP.js takes for media: who has offered is whose turn it was last. */
class Descriptions {
  #media = new Media();
  #offered = null; // by the peer, not yet answered
  #ours = false; // our offer is under way
  constructor(number) {
    this.number = number;
  }
  close() {}
  hasDescription(type) {
    return type === "application/sdp";
  }
  async getDescription(options) {
    const body = this.#offered !== null
      ? this.#media.answer(this.#offered)
      : this.#media.offer(options?.direction);
    this.#ours = this.#offered === null;
    this.#offered = null;
    return { body, contentType: "application/sdp" };
  }
  async setDescription(sdp) {
    emit(this.#ours ? "answer" : "offer", { call: this.number?.(), sdp });
    this.#offered = this.#ours ? null : sdp;
    this.#ours = false;
  }
  async rollbackDescription() {
    this.#offered = null;
    this.#ours = false;
  }
  sendDtmf() {
    return false;
  }
}

function follow(session, who) {
  const call = calls.add(session);
  session.number = call;
  session.stateChange.addListener((state) => {
    if (state === SessionState.Established) emit("confirmed", { call });
    if (state === SessionState.Terminated) emit("terminated", { call });
  });
  session.delegate = {
    onBye: (bye) => (emit("bye", { call }), bye.accept()),
    onCancel: () => emit("cancelled", { call }),
    onInfo: (info) => {
      emit("info", { call, type: info.request.getHeader("Content-Type"), body: info.request.body });
      info.accept();
    },
    onInvite: () => emit("reinvite", { call }),
    onMessage: (message) => {
      emit("message", { call, text: message.request.body });
      message.accept();
    },
    onNotify: (notification) => notification.accept(),
    onRefer: async (referral) => {
      emit("refer", { call, target: referral.referTo.uri.toString() });
      await referral.accept();
      const placed = referral.makeInviter({ earlyMedia: true });
      follow(placed);
      await placed.invite(progress(placed));
    },
  };
  return call;
}

/** What to tell of the responses to an INVITE. */
const progress = (session) => ({
  requestDelegate: {
    onProgress: ({ message }) =>
      emit("ringing", { call: session.number, code: message.statusCode,
        reliable: message.hasHeader("RSeq") }),
    onReject: ({ message }) =>
      emit("rejected", { call: session.number, code: message.statusCode }),
  },
});

const responses = (number) => ({
  onAccept: ({ message }) => emit("response", { call: number, code: message.statusCode }),
  onReject: ({ message }) => emit("response", { call: number, code: message.statusCode }),
});

/** A re-INVITE of ours: a promise for its end. */
function modify(session, options) {
  return session.invite({
    ...options,
    requestDelegate: {
      onAccept: ({ message }) =>
        emit("updated", { call: session.number, who: "local", code: message.statusCode }),
      onReject: ({ message }) =>
        emit("updated", { call: session.number, who: "local", code: message.statusCode }),
    },
  });
}

const agent = new UserAgent({
  uri: UserAgent.makeURI(`sip:sipjs@${carrier.host}:${carrier.port}`),
  transportConstructor: Carried,
  sessionDescriptionHandlerFactory: (session) => new Descriptions(() => session.number),
  logBuiltinEnabled: false,
  authorizationUsername: "sipjs",
  authorizationPassword: "secret",
  viaHost: carrier.host,
  forceRport: true,
  contactName: "sipjs",
  contactParams: { transport: carrier.name.toLowerCase() },
  sipExtension100rel: SIPExtension.Supported,
  sipExtensionReplaces: SIPExtension.Supported,
  hackAllowUnregisteredOptionTags: true,
  delegate: {
    onInvite: (invitation) => {
      const call = follow(invitation);
      emit("incoming", { call, offer: !!invitation.request.body, replaces: !!invitation.replacee });
      if (invitation.replacee) invitation.accept();
    },
    onMessage: (message) => (emit("message", { text: message.request.body }), message.accept()),
  },
});
agent.contact.uri.port = carrier.port; // no option of SIP.js says it

const places = (uri) => UserAgent.makeURI(uri);

obey({
  async call(_, [uri, late]) {
    const session = new Inviter(agent, places(uri),
      { earlyMedia: true, inviteWithoutSdp: late === "late" });
    emit("calling", { call: follow(session) });
    await session.invite(progress(session));
  },
  ring: (number, [code = "180", reliable]) =>
    calls.get(number).progress({ statusCode: Number(code), rel100: reliable === "reliable" }),
  answer: (number) => calls.get(number).accept(),
  reject: (number, [code]) => calls.get(number).reject({ statusCode: Number(code) }),
  cancel: (number) => calls.get(number).cancel(),
  bye: (number) => calls.get(number).bye(),
  hold: (number) => modify(calls.get(number),
    { sessionDescriptionHandlerOptions: { direction: "sendonly" } }),
  resume: (number) => modify(calls.get(number),
    { sessionDescriptionHandlerOptions: { direction: "sendrecv" } }),
  late: (number) => modify(calls.get(number), { withoutSdp: true }),
  info: (number, [contentType, content]) =>
    calls.get(number).info({
      requestDelegate: responses(number),
      requestOptions: { body: { contentDisposition: "session", contentType, content } },
    }),
  message: (_, [uri, ...words]) => new Messager(agent, places(uri), words.join(" "))
    .message({ requestDelegate: responses() }),
  refer: (number, [uri]) => refer(calls.get(number), places(uri)),
  "refer-replace": (number, [other]) => refer(calls.get(number), calls.get(Number(other))),
  quit: () => process.exit(0),
});

const refer = (session, target) => session.refer(target, {
  onNotify: (notification) => {
    const code = Number(/^SIP\/2\.0 (\d+)/.exec(notification.request.body)?.[1]);
    emit("notify", { call: session.number, code });
    notification.accept();
  },
  requestDelegate: responses(session.number),
});

await agent.start();
emit("listening");
