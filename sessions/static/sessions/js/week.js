// The week: a bar that the user drags, or moves by keys, opens the preview of a bulk shift. Nothing
// changes here: the form #move is sent to the page of bulk edits.
"use strict";

(() => {
  const form = document.getElementById("move");
  const note = document.getElementById("move-note");
  const fields = [...form.querySelectorAll("[name^=move_]")];
  const NEAR = 6;
  const bars = (link) => [...link.querySelectorAll("rect")];
  const table = (link) => link.closest("table").dataset;
  // The move in progress: its link, the field of an edge or "" for all times, seconds, and the
  // places of the bars before it.
  let move = null;
  let dragged = false;

  function begin(link, field, from) {
    cancel();
    const places = bars(link).map((bar) => [bar.getAttribute("x"), bar.getAttribute("width")]);
    move = { link, field, from, places, seconds: 0 };
  }

  function cancel() {
    if (!move) return;
    bars(move.link).forEach((bar, number) => {
      bar.setAttribute("x", move.places[number][0]);
      bar.setAttribute("width", move.places[number][1]);
    });
    move = null;
    note.hidden = true;
  }

  function show(seconds) {
    move.seconds = seconds;
    const share = (100 * seconds) / Number(table(move.link).seconds);
    bars(move.link).forEach((bar, number) => {
      const [x, width] = move.places[number].map(parseFloat);
      const starts = bar.classList.contains("joining") ? "join_from" : "join_until";
      const left = !move.field || move.field === starts ? share : 0;
      const right = !move.field || move.field === bar.dataset.ends ? share : 0;
      bar.setAttribute("x", `${x + left}%`);
      bar.setAttribute("width", `${Math.max(0.3, width + right - left)}%`);
    });
    say();
  }

  function say() {
    const words = form.dataset;
    const minutes = Math.abs(move.seconds) / 60;
    const parts = [
      [words.hours, Math.floor(minutes / 60)],
      [words.minutes, minutes % 60],
    ];
    const length = parts.filter((part) => part[1]).map(([text, number]) => text.replace("%d", number));
    const which = fields.find((field) => field.name === `move_${move.field}`);
    const sentence = (move.seconds < 0 ? words.earlier : words.later).replace(
      "{length}", length.join(" ") || words.minutes.replace("%d", 0),
    );
    const keys = move.from === null ? ` ${words.keys}` : "";
    note.textContent = `${which ? which.dataset.words : words.all}: ${sentence}.${keys}`;
    note.hidden = false;
  }

  function send() {
    const minutes = Math.abs(move.seconds) / 60;
    form.elements.ids.value = move.link.dataset.move;
    form.elements.direction.value = move.seconds < 0 ? "earlier" : "later";
    form.elements.hours.value = Math.floor(minutes / 60);
    form.elements.minutes.value = minutes % 60;
    for (const field of fields) field.disabled = Boolean(move.field) && field.name !== `move_${move.field}`;
    form.submit();
  }

  // --- The pointer. The outer third of a narrow bar is its edge.
  function edgeAt(link, x) {
    for (const bar of bars(link)) {
      const { left, right, width } = bar.getBoundingClientRect();
      const near = Math.min(NEAR, width / 3);
      if (bar.dataset.ends && Math.abs(x - right) <= near) return bar.dataset.ends;
      if (bar.classList.contains("joining") && Math.abs(x - left) <= near) return "join_from";
    }
    return "";
  }
  const linkOf = (event) => event.target.closest?.("a[data-move]");

  document.addEventListener("pointerdown", (event) => {
    dragged = false;
    const link = event.button === 0 && linkOf(event);
    if (link) begin(link, edgeAt(link, event.clientX), event.clientX);
  });
  document.addEventListener("pointermove", (event) => {
    if (!move || move.from === null) {
      const link = linkOf(event);
      if (link) link.toggleAttribute("data-edge", edgeAt(link, event.clientX) !== "");
      return;
    }
    const far = event.clientX - move.from;
    if (!dragged && Math.abs(far) < 4) return;
    dragged = true;
    const { seconds, step } = table(move.link);
    const width = move.link.ownerSVGElement.getBoundingClientRect().width;
    show(Math.round(((far / width) * seconds) / step) * step);
  });
  document.addEventListener("pointerup", () => {
    if (!move || move.from === null) return;
    if (dragged && move.seconds) send();
    else cancel();
  });
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("dragstart", (event) => {
    if (linkOf(event)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (dragged && linkOf(event)) event.preventDefault();
  });

  // --- Keys on a bar with the focus.
  document.addEventListener("keydown", (event) => {
    const link = linkOf(event);
    if (event.key === "Escape") return cancel();
    if (!link || event.ctrlKey || event.altKey || event.metaKey) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const turn = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way) {
      if (move?.link !== link) begin(link, "", null);
      const { step, leap } = table(link);
      show(move.seconds + way * Number(event.shiftKey ? leap : step));
    } else if (turn && move) {
      choose(turn);
    } else if (event.key === "Enter" && move?.seconds) {
      send();
    } else return;
    event.preventDefault();
  });

  function choose(turn) {
    const names = ["", ...new Set(["join_from", ...bars(move.link).map((bar) => bar.dataset.ends)])];
    const known = names.filter((name, number) => number === 0 || name);
    const next = (known.indexOf(move.field) + turn + known.length) % known.length;
    move.field = known[next];
    show(move.seconds);
  }

  document.addEventListener("focusout", (event) => {
    if (move?.from === null && linkOf(event) === move.link) cancel();
  });
  // The browser may show this page as it was left, with a bar that was moved.
  window.addEventListener("pageshow", cancel);
})();
