// The connection with the server: messages and sound both ways, signs of life, and coming back after it was lost.

const AGAIN_MS = [300, 1000, 2000, 3000, 5000];
const STUCK_PINGS = 2; // as many signs of life that the network did not take: it is gone, whatever the browser believes
const PRESENCE = ["ready", "away"];
const MOST_BUFFERED = 16 * 1024; // two seconds of sound: rather none than that late

export class Line {
  // `hello()`: how this page introduces itself.
  constructor(desk, hello) {
    Object.assign(this, { desk, hello });
    this.socket = null;
    this.wanted = false;
    this.tries = 0;
    this.stuck = 0;
    this.timer = 0;
    this.wish = null; // presence that was chosen while we introduce ourselves anew: sent as soon as that is done
    this.pinger = new Worker(new URL("./agent_pinger.js", import.meta.url));
    this.pinger.onmessage = () => this.ping();
    addEventListener("offline", () => this.socket?.close());
    addEventListener("online", () => this.wanted && !this.isOpen && this.open());
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.open());
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    this.wanted = true;
    const url = new URL(this.desk.settings.socket, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.stuck = 0;
      socket.send(JSON.stringify(this.hello()));
    };
    socket.onmessage = ({ data }) => socket === this.socket && this.take(data);
    socket.onclose = () => socket === this.socket && this.closed(opened);
    this.socket = socket;
  }

  // Introduce ourselves anew, now that something about us is different.
  reopen() {
    const old = this.socket;
    if (!this.isOpen) return this.open();
    old.onclose = () => this.open();
    this.socket = null;
    this.reopening = true;
    return old.close();
  }

  stop() {
    this.wanted = false;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  send(message) {
    if (this.reopening && PRESENCE.includes(message.type)) {
      this.wish = message;
      return true;
    }
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  sound(bytes) {
    if (this.isOpen && this.socket.bufferedAmount < MOST_BUFFERED) this.socket.send(bytes);
  }

  ping() {
    if (!this.isOpen) return;
    this.stuck = this.socket.bufferedAmount > 0 ? this.stuck + 1 : 0;
    if (this.stuck < STUCK_PINGS) return void this.send({ type: "ping" });
    const socket = this.socket;
    socket.onclose = null; // the browser would wait for an answer of the network that is gone
    socket.close();
    this.closed(true);
  }

  take(data) {
    if (typeof data !== "string") return this.desk.tell("sound", new Uint8Array(data));
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      this.tries = 0;
      this.reopening = false;
      if (this.wish) this.send(this.wish);
      this.wish = null;
      this.desk.tell("line:open");
    }
    if (message.type === "gone_elsewhere") {
      this.wanted = false;
      return this.desk.tell("line:elsewhere");
    }
    return this.desk.tell(message.type, message);
  }

  async closed(opened) {
    this.socket = null;
    this.reopening = false;
    if (!this.wanted) return;
    this.desk.tell("line:lost");
    if (!opened && (await this.isRefused())) {
      this.wanted = false;
      this.desk.tell("line:refused");
      return;
    }
    const wait = AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)];
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wanted && !this.socket && this.open(), wait);
  }

  // A browser does not say why a socket was not opened; the page itself would be refused for the same reason.
  async isRefused() {
    try {
      const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
      return answer.type === "opaqueredirect" || answer.status === 403;
    } catch {
      return false;
    }
  }
}
