// The page of `make sandbox`. The server draws every piece; this puts the pieces where they belong, and passes on what people do.
"use strict";

const NEWEST_FIRST = ["steps"];
const one = (id) => document.getElementById(id);
const params = new URLSearchParams(location.search);
let person = params.get("person") || one("person").value;
let shownLead = null;
const tab = sessionStorage.tab ||= String(Math.random()).slice(2);
let stream = null;

// What the server sends.

function connect() {
  if (stream) stream.close();
  stream = new EventSource("/events?" + new URLSearchParams({ person, tab }));
  stream.onopen = () => { one("lost").hidden = true; };
  stream.onerror = () => { one("lost").hidden = false; };
  stream.onmessage = (event) => take(JSON.parse(event.data));
}

function take(change) {
  if (change.first) forgetAllBut(new Set(change.put.map(([id]) => id)));
  for (const [id, place, html] of change.put) put(id, one(place), html, change.first);
  for (const id of change.gone) one(id)?.remove();
  panels().forEach(toEnd);
  for (const name of change.busy) pulse(name);
  showForm();
  if (shownLead && !one("lead-" + shownLead)) showAll(); // of another sandbox, which was here before
  if (shownLead && (change.first || change.leads.includes(shownLead))) showWay(shownLead);
}

const panels = () => [...document.querySelectorAll(".channel-messages")];

// A channel stays at its newest message until its reader scrolls up, as in Slack.
const scrolledUp = new Set();

function toEnd(panel) {
  if (!scrolledUp.has(panel.id)) panel.scrollTop = panel.scrollHeight;
}

// A message that comes into sight is drawn only then, and has another height than the browser took it to have.
const heights = new ResizeObserver(() => panels().forEach(toEnd));

for (const panel of panels()) {
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    panel.addEventListener(kind, () => {
      scrolledUp.add(panel.id);
      setTimeout(() => {
        if (panel.scrollHeight - panel.scrollTop - panel.clientHeight <= 80) scrolledUp.delete(panel.id);
      }, 300);
    }, { passive: true });
  }
}

function forgetAllBut(ids) {
  for (const place of [one("leads"), one("steps"), ...panels()]) {
    for (const child of [...place.children]) if (!ids.has(child.id)) child.remove();
  }
}

function put(id, place, html, isFirst) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const made = holder.content.firstElementChild;
  if (place.matches("[role=tabpanel]")) heights.observe(made);
  const old = one(id);
  if (old) {
    if (old.matches("label")) keepChoice(old.control, made.querySelector("select"));
    replace(old, made);
  } else if (NEWEST_FIRST.includes(place.id)) {
    place.prepend(made);
    if (!isFirst) made.classList.add("arrived");
  } else {
    if (!isFirst) made.classList.add("arrived");
    place.append(made);
    if (!isFirst && place.matches("[role=tabpanel]")) arrived(place);
  }
}

// Put `made` where `old` is; the focus stays on the same element, or goes to the first one.
function replace(old, made) {
  const focused = twin(document.activeElement, old, made);
  opener = twin(opener, old, made) || opener;
  old.replaceWith(made);
  focused?.focus({ preventScroll: true });
}

function twin(el, old, made) {
  if (!el || !old.contains(el)) return null;
  const same = [made, ...made.querySelectorAll(el.tagName)].find((other) => looks(other) === looks(el));
  return same || made.querySelector("button, a, input, select, textarea");
}

// What tells an element of a piece from the others.
const looks = (el) => [
  el.tagName, el.closest("[id]")?.id, el.name, el.matches("button, [type=radio], [type=checkbox]") && el.value,
  el.getAttribute("href"), JSON.stringify(el.dataset),
].join("|");

function keepChoice(from, to) {
  if ([...to.options].some((option) => option.value === from.value)) to.value = from.value;
}

function arrived(panel) {
  if (!panel.hidden) return;
  const mark = document.querySelector(`[aria-controls="${panel.id}"] .unread`);
  mark.hidden = false;
  mark.textContent = String(Number(mark.textContent || 0) + 1);
}

function pulse(name) {
  const node = document.querySelector(`[data-node="${name}"]`);
  if (!node) return;
  node.classList.remove("busy");
  void node.offsetWidth;
  node.classList.add("busy");
}

// What people do.

async function post(path, fields) {
  const body = fields instanceof URLSearchParams ? fields : new URLSearchParams(fields);
  body.set("person", body.get("person") || person);
  body.set("tab", tab);
  let text = "";
  let isGood = false;
  try {
    const answer = await fetch(path, { method: "POST", body });
    text = await answer.text();
    isGood = answer.ok;
  } catch {
    text = "The sandbox does not answer.";
  }
  if (text) say(text, !isGood);
  return isGood;
}

function say(text, isBad) {
  const said = one("said");
  said.textContent = text;
  said.classList.toggle("bad", Boolean(isBad));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const data = { ...button.dataset };
  if (data.post) {
    const path = data.post;
    delete data.post;
    button.setAttribute("aria-busy", "true");
    await post(path, data);
    button.removeAttribute("aria-busy");
  } else if (data.way) {
    await showWay(data.way, { jump: true, step: data.step });
  } else if (data.go) {
    goStep(Number(data.go));
  } else if ("all" in data) {
    showAll();
    one("steps").focus();
  } else if (data.channelTab) {
    choose(button);
  } else if ("mend" in data) {
    const form = button.form;
    form.reading.value = form.converting.value = "works";
    form.delay.value = 0;
    form.querySelector(".own").hidden = true;
    await send(form);
  } else if ("close" in data) {
    await closeForm();
  }
});

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.closest("#modal")) {
    await Promise.all([...written.values()]);
    await post("/slack/submit", {});
  } else if (await send(form) && !("keep" in form.dataset)) {
    form.reset();
    form.querySelector("input")?.focus();
  }
});

async function send(form) {
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  const isGood = await post(form.dataset.form, new URLSearchParams(new FormData(form)));
  button.removeAttribute("aria-busy");
  if (form.dataset.form === "/slack/person" && isGood) named();
  return isGood;
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.id === "person") return become(field.value);
  if (field.name === "reading") field.form.querySelector(".own").hidden = field.value !== "own";
  if (field.closest("#modal")) write(field);
});

// Slack's form: what is put in goes to the server at once, as in Slack.

const written = new Map();

function write(field) {
  const body = new URLSearchParams({ block: field.name });
  const boxes = [...field.form.elements].filter((el) => el.name === field.name);
  const values = field.type === "checkbox" || field.type === "radio"
    ? boxes.filter((el) => el.checked).map((el) => el.value) : [field.value];
  for (const value of values.length ? values : [""]) body.append("value", value);
  const sent = post("/slack/put", body).finally(() => written.delete(field.name));
  written.set(field.name, sent);
}

let opener = null; // what had the focus when the form opened

function showForm() {
  const dialog = one("modal");
  const isThere = Boolean(one("form")?.firstElementChild);
  if (isThere && !dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
  }
  if (!isThere && dialog.open) dialog.close();
}

async function closeForm() {
  if (one("form")?.firstElementChild) await post("/slack/close", {});
}

one("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  closeForm();
});

one("modal").addEventListener("close", () => {
  opener?.focus({ preventScroll: true });
  closeForm(); // Escape for a second time closes it without asking
});

// People and channels.

function become(id) {
  person = id;
  params.set("person", id);
  history.replaceState(null, "", "?" + params + location.hash);
  for (const whisper of document.querySelectorAll(".whisper")) whisper.remove();
  named();
  connect();
}

async function named() {
  const answer = await fetch("/person/" + encodeURIComponent(person)).catch(() => null);
  if (!answer?.ok) return;
  const who = await answer.json();
  one("person").value = person;
  one("person").selectedOptions[0].textContent = who.name;
  one("person-name").value = who.name;
  one("person-name").form.rights.value = who.rights;
  one("you").textContent = who.name;
}

function choose(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    one(other.getAttribute("aria-controls")).hidden = !isChosen;
  }
  const mark = tab.querySelector(".unread");
  mark.hidden = true;
  mark.textContent = "";
  toEnd(one(tab.getAttribute("aria-controls")));
}

document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  choose(next);
  next.focus();
});

// One lead's way.

let asked = null;

function showAll() {
  shownLead = null;
  one("one").hidden = true;
  one("steps").hidden = false;
}

async function showWay(lead, { jump = false, step = "" } = {}) {
  const mine = asked = {};
  let html = "";
  try {
    html = await (await fetch("/way/" + encodeURIComponent(lead))).text();
  } catch {
    say("The sandbox does not answer.", true);
  }
  if (asked !== mine || !html) return;
  shownLead = lead;
  const old = one("one-way");
  const open = new Set([...old.querySelectorAll("details[open]")].map((el) => el.closest("[id]").id));
  if (step) open.add("way-" + step);
  const current = old.querySelector(".current")?.id;
  const made = old.cloneNode();
  made.innerHTML = html;
  for (const el of made.querySelectorAll("details")) el.open = open.has(el.closest("[id]").id);
  replace(old, made);
  if (current && one(current)) markStep(one(current));
  one("one").hidden = false;
  one("steps").hidden = true;
  if (jump) {
    (step && one("way-" + step)?.querySelector("summary") || one("way-title")).focus();
    one("way").scrollIntoView({ block: "nearest" });
  }
}

const waySteps = () => [...document.querySelectorAll("#one-way .way-step")];

// Open the next step, or the one before it, alone; the picture of the way shows where that is.
function goStep(by) {
  const steps = waySteps();
  const at = steps.findIndex((step) => step.classList.contains("current"));
  const next = steps[Math.min(Math.max(at + by, 0), steps.length - 1)];
  for (const step of steps) step.firstElementChild.open = step === next;
  markStep(next);
  pulse(next.dataset.at);
  next.scrollIntoView({ block: "nearest" });
}

function markStep(current) {
  const steps = waySteps();
  for (const step of steps) step.classList.toggle("current", step === current);
  one("step-count").textContent = `Step ${steps.indexOf(current) + 1} of ${steps.length}`;
}

choose(document.querySelector("[role=tab]"));
document.querySelector(".own").hidden = document.querySelector("[name=reading]").value !== "own";
if (![...one("person").options].some((option) => option.value === person)) person = one("person").value;
named();
connect();
