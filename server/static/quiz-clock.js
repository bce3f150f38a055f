// The server's clock as a page knows it. The device's own clock and zone never matter: only how long things take does.
(() => {
  const KEPT = 8;
  const SLACK = 30;
  let samples = [];

  // The server stamped `now` at some moment between `sent` and `received`: at the middle of the round trip, give or take
  // half of it. A sample that an earlier one contradicts wins: the device slept, and its own counting stopped.
  const learn = (sent, received, now) => {
    const trip = Math.max(received - sent, 0);
    const offset = now - (sent + received) / 2;
    samples = samples.filter((each) => Math.abs(each.offset - offset) <= (each.trip + trip) / 2 + SLACK);
    samples.push({ offset, trip });
    samples = samples.slice(-KEPT);
  };

  const best = () => samples.reduce((one, other) => (other.trip <= one.trip ? other : one));

  // Milliseconds since 1970 by the server's clock.
  const now = () => performance.now() + (samples.length ? best().offset : 0);

  // A request whose answer has `now`; every one sharpens the clock. Gives { status, body }; throws where none comes.
  const ask = async (address, options = {}, patience = 8000) => {
    const sent = performance.now();
    const patient = new AbortController();
    const timer = setTimeout(() => patient.abort(), patience);
    try {
      const response = await fetch(address, { cache: "no-store", signal: patient.signal, ...options });
      const received = performance.now();
      const body = await response.json();
      if (typeof body.now === "number") learn(sent, received, body.now);
      return { status: response.status, body };
    } finally {
      clearTimeout(timer);
    }
  };

  // 9:05, 1:00:00; a part of a second counts as a whole one, so that 0:00 is the end.
  const span = (milliseconds) => {
    const whole = Math.max(0, Math.ceil(milliseconds / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
  };

  // A name that nobody else chooses. Not crypto.randomUUID: browsers have that over HTTPS alone.
  const token = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  window.strideQuiz = { learn, now, ask, span, token, at: (moment) => timeOfDay.format(new Date(moment)) };
})();
