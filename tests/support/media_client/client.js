// A minimal client of a Janus video room: publishes this camera and shows all others.
// It uses Janus' HTTP API directly: requests with POST, events with long polling.
"use strict";

const PLUGIN = "janus.plugin.videoroom";

class Janus {
  constructor(url, token) {
    this.url = url;
    this.token = token;
    this.waiting = new Map(); // transaction -> resolve function
    this.handlers = new Map(); // handle -> event handler
    this.lost = () => {};
  }

  async connect() {
    this.session = (await this.post(this.url, { janus: "create" })).data.id;
    this.poll();
  }

  async attach(handler) {
    const answer = await this.post(`${this.url}/${this.session}`, { janus: "attach", plugin: PLUGIN });
    this.handlers.set(answer.data.id, handler);
    return answer.data.id;
  }

  // Sends a request that Janus answers with an event, and returns that event.
  async ask(handle, body, jsep) {
    const transaction = crypto.randomUUID();
    const event = new Promise((resolve) => this.waiting.set(transaction, resolve));
    await this.post(`${this.url}/${this.session}/${handle}`, { janus: "message", body, jsep, transaction });
    const answer = await event;
    const error = answer.plugindata.data.error;
    if (error) throw new Error(error);
    return answer;
  }

  async post(url, message) {
    const body = { transaction: crypto.randomUUID(), token: this.token, ...message };
    const answer = await (await fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
    if (answer.janus === "error") throw new Error(answer.error.reason);
    return answer;
  }

  async poll() {
    const url = `${this.url}/${this.session}?maxev=10&token=${encodeURIComponent(this.token)}`;
    for (;;) {
      const response = await fetch(url);
      const events = response.ok ? await response.json() : null;
      if (!Array.isArray(events)) return this.lost(); // the session has ended, or the token was withdrawn
      events.forEach((event) => this.take(event));
    }
  }

  take(event) {
    if (event.janus !== "event") return;
    const resolve = this.waiting.get(event.transaction);
    this.waiting.delete(event.transaction);
    if (resolve) resolve(event);
    else this.handlers.get(event.sender)?.(event.plugindata.data);
  }
}

function show(state) {
  document.getElementById("state").textContent = state;
}

// Waits for all candidates, so that they need no messages of their own.
function gathered(connection) {
  return new Promise((resolve) => {
    const check = () => connection.iceGatheringState === "complete" && resolve(connection.localDescription);
    connection.addEventListener("icegatheringstatechange", check);
    check();
  });
}

class Call {
  constructor(place) {
    this.place = place;
    this.janus = new Janus(place.url, place.token);
    this.janus.lost = () => this.leave("no longer known");
  }

  async join() {
    await this.janus.connect();
    this.handle = await this.janus.attach((data) => this.hear(data));
    const { room, id, token } = this.place;
    const joined = await this.janus.ask(this.handle, { request: "join", ptype: "publisher", room, id, token });
    this.privateId = joined.plugindata.data.private_id;
    show("joined");
    await this.publish();
    await this.watch(joined.plugindata.data.publishers);
  }

  async publish() {
    const camera = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
    this.sending = new RTCPeerConnection();
    camera.getTracks().forEach((track) => this.sending.addTrack(track, camera));
    this.sending.addEventListener("connectionstatechange", () => {
      if (this.sending.connectionState === "connected") show("publishing");
    });
    await this.sending.setLocalDescription(await this.sending.createOffer());
    const offer = await gathered(this.sending);
    const answer = await this.janus.ask(this.handle, { request: "publish" }, offer);
    await this.sending.setRemoteDescription(answer.jsep);
  }

  async watch(publishers) {
    for (const { id } of publishers) await this.subscribe(id);
  }

  async subscribe(feed) {
    const handle = await this.janus.attach(() => {});
    const offered = await this.janus.ask(handle, {
      request: "join", ptype: "subscriber", room: this.place.room, private_id: this.privateId, streams: [{ feed }],
    });
    const connection = new RTCPeerConnection();
    connection.addEventListener("track", ({ streams }) => this.display(feed, streams[0]));
    await connection.setRemoteDescription(offered.jsep);
    await connection.setLocalDescription(await connection.createAnswer());
    await this.janus.ask(handle, { request: "start" }, await gathered(connection));
  }

  display(feed, stream) {
    const videos = document.getElementById("videos");
    const video = videos.querySelector(`[data-feed="${feed}"]`) || document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true, srcObject: stream });
    video.dataset.feed = feed;
    videos.append(video);
  }

  // Only the first reason for leaving is shown; later events add nothing.
  leave(reason) {
    if (!this.out) show(`out: ${reason}`);
    this.out = true;
  }

  hangUp() {
    return this.janus.post(`${this.janus.url}/${this.janus.session}`, { janus: "destroy" });
  }

  hear(data) {
    if (data.publishers) this.watch(data.publishers);
    if (data.leaving === "ok") this.leave(data.reason);
    if (data.videoroom === "destroyed") this.leave("destroyed");
    const gone = data.leaving || data.kicked || data.unpublished;
    document.querySelector(`[data-feed="${gone}"]`)?.remove();
  }
}

// Called by tests; an error becomes the page's state, not an exception.
async function join(place) {
  window.call = new Call(place);
  try {
    await window.call.join();
  } catch (error) {
    show(`refused: ${error.message}`);
  }
}
