// A camera and a microphone for tests. The picture is white and the sound beeps at the start of each
// second of this machine's clock, for flash.seconds. flash.pause() switches the microphone off.
"use strict";

(() => {
  const LENGTH = 0.1;
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const context = canvas.getContext("2d");
  const second = () => (Date.now() % 1000) / 1000;

  function draw() {
    context.fillStyle = second() < window.flash.seconds ? "#fff" : "#222";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }

  function beeping() {
    const audio = new AudioContext();
    const [tone, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
    tone.frequency.value = 1000;
    volume.gain.value = 0;
    tone.connect(volume).connect(out);
    tone.start();
    const first = audio.currentTime + 1 - second();
    for (let beep = 0; beep < 600; beep += 1) {
      volume.gain.setValueAtTime(0.5, first + beep);
      volume.gain.setValueAtTime(0, first + beep + LENGTH);
    }
    return out.stream.getAudioTracks()[0];
  }

  navigator.mediaDevices.getUserMedia = async () => {
    setInterval(draw, 10);
    const stream = canvas.captureStream(30);
    stream.addTrack(beeping());
    return stream;
  };

  const sender = () => window.call.sending.getSenders().find((one) => one.track?.kind === "audio");
  window.flash = {
    seconds: LENGTH,
    pause() {
      this.sender = sender();
      this.track = this.sender.track;
      return this.sender.replaceTrack(null);
    },
    resume() {
      return this.sender.replaceTrack(this.track);
    },
  };
})();
