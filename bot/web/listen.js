/** The listening page: opens one access, plays its calls, and stops the moment the access ends. */

import {
	$, ask, clock, every, fromNow, head, isolated, label, make, notice, persist, spoken, tenth, TEXT, title, within, write,
} from "./pieces.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const REFUSED = [401, 403, 404, 410], BEAT = 2000, POLL = 4000, UNSURE = 4750, TICK = 100;

const audio = $("audio"), wave = $("wave");
let grant, access, call, peaks = [], ahead = 0, until = 0; // as the server said
let sure = 0, beatAt = 0, pollAt = 0, mark = null, unsent = []; // when access was last sure; what was heard since
let wanted = false, held = false, again = false, over = true, drag = null;

const place = () => tenth(audio.currentTime);
const length = () => (audio.duration < Infinity ? audio.duration : call?.seconds) || 0;
const told = () => Math.round(call?.seconds ?? 0); // one length for one call, whatever its audio turns out to be

// The server: status 0 means that nothing came back
const under = (...parts) => `/listen/${[grant, ...parts].map(encodeURIComponent).join("/")}`;
const fresh = () => performance.now() - sure < UNSURE;

function settle({ status, sent, data }) {
	if (over) return;
	if (REFUSED.includes(status)) return end(data.sentence);
	if (data.stop && wanted && !held) hold(data.sentence);
	if (status !== 200) return held && notice(data.sentence ?? TEXT.lost);
	sure = Math.max(sure, sent);
	until = Date.parse(data.until) || until;
	if (held) play();
	if (data.recordings) take(data);
}

async function poll() {
	pollAt = performance.now();
	settle(await ask(under("access")));
}

// What was heard goes out at each beat, pause and jump, and stays here until the server has it
function cut() {
	const from = tenth(mark ?? Infinity), to = place();
	if (to > from) unsent.push({ id: call.id, from, to });
	mark = audio.paused ? null : audio.currentTime;
}

function beat() {
	if (over) return;
	cut();
	beatAt = pollAt = performance.now();
	if (!unsent.length) unsent.push({ id: call.id, from: place(), to: place() });
	unsent.splice(0).forEach(send);
}

async function send({ id, ...span }) {
	const reply = await ask(under(id, "heard"), { ...span, playing: !audio.paused });
	if (reply.status !== 200 && !REFUSED.includes(reply.status)) unsent.push({ id, ...span });
	settle(reply);
}

// Stopping
function end(sentence, heading = TEXT.ended, next = TEXT.endedNext) {
	audio.pause();
	cut();
	if (unsent.length) beat();
	audio.removeAttribute("src");
	audio.load();
	over = true;
	wanted = held = false;
	access = call = mark = null;
	for (const node of every(".page dd, .page h1, #calls, #staff, #request")) node.textContent = "";
	peaks = [];
	drawWave();
	$("sheet").close();
	document.body.className = "stop";
	write({ heading, sentence: sentence ?? "", next });
	$("heading").focus();
}

function hold(sentence) {
	held = true;
	audio.pause();
	notice(sentence);
	drawButton();
}

// The audio can't be had: the server says why, since the player does not. What may pass is waited for, or tried once more
async function fail() {
	const going = wanted;
	pause();
	const status = await head(under(call.id, "audio"));
	if (over) return;
	if (status === 200 && going && !again) return again = true, play();
	status === 503 && going ? hold(TEXT.waiting, wanted = true) : notice(TEXT.trouble[status] ?? TEXT.failed);
	poll();
}

// Playing
const toggle = () => (wanted ? pause() : play()), skip = (by) => seek(audio.currentTime + by);
const setSpeed = (rate) => { audio.defaultPlaybackRate = audio.playbackRate = $("speed").value = rate; };
const faster = (by) => setSpeed(SPEEDS[SPEEDS.indexOf(audio.playbackRate) + by] ?? audio.playbackRate);
const louder = (by) => setVolume(audio.volume * 100 + by);

function play() {
	if (audio.error) load(audio.currentTime);
	if (!held && audio.currentTime > length() - 0.5) seek(0);
	wanted = true;
	if (!fresh()) return hold(TEXT.checking), poll();
	if (held) held = false, notice("");
	audio.play().catch(() => { wanted &&= held || !audio.paused; }).finally(drawButton);
	drawButton();
}

function pause() {
	if (held) notice("");
	wanted = held = false;
	audio.pause();
	drawButton();
}

function seek(to) {
	cut();
	audio.currentTime = within(to, length());
	if (mark !== null) mark = audio.currentTime, beatAt = 0;
	drawPlace(true);
}

function setVolume(to, muted = false) {
	const percent = Math.round(within(to, 100));
	audio.muted = $("mute").ariaPressed = muted;
	audio.volume = percent / 100;
	$("volume").value = muted ? 0 : percent;
}

function load(at = 0) {
	notice("");
	audio.src = under(call.id, "audio");
	audio.currentTime = at;
}

async function choose(next) {
	cut();
	[call, peaks, wanted, held, mark] = [next, [], false, false, null];
	load();
	drawCall();
	const { data } = await ask(under(next.id, "peaks"), null, 20_000);
	if (call === next) peaks = data.peaks ?? [], drawWave();
}

// Drawing
function drawCall() {
	const { recordings } = access, { direction, started_told: here, line, length: lasts, operator, department, crm } = call;
	const which = recordings.length > 1 ? TEXT.which(recordings.indexOf(call) + 1, recordings.length) : "";
	const staff = TEXT[direction === "outgoing" ? "made" : "answered"](isolated(operator), isolated(department));
	$("call").replaceChildren(...title(call));
	write({ which, staff, here, lasts, line: isolated(line), crm: isolated(crm || "–") });
	recordings.forEach((one, i) => { $("calls").children[i].firstChild.ariaCurrent = one === call; });
	drawWave();
	drawButton();
}

function row(one) {
	const button = make("button", ...title(one), make("small", `${one.started_told} · ${one.length} · ${isolated(one.crm || "–")}${TEXT.sooner(one.until_told)}`));
	button.onclick = () => one === call || choose(one);
	return make("li", button);
}

function drawAccess() {
	const { person, reason, approved_by, approved_told: approved_at, until_told: until, recordings } = access;
	const request = TEXT.request(access.request), several = TEXT.several(recordings.length);
	write({ reason, approved_at, request, several, until, person: isolated(person), approved_by: isolated(approved_by) });
	$("calls").replaceChildren(...recordings.map(row));
}

function drawButton() {
	$("play").className = wanted ? `going ${held || audio.readyState < 3 ? "busy" : ""}` : "";
	label($("play"), wanted ? TEXT.pause : TEXT.play);
}

function drawWave() {
	const { clientWidth: width, clientHeight: height } = wave, bars = Math.floor(width / 5);
	const loudest = Math.max(0.1, ...peaks), share = peaks.length / bars;
	const path = Array.from({ length: bars }, (_, i) => {
		const part = peaks.slice(Math.floor(i * share), Math.floor(i * share) + Math.ceil(share));
		const tall = Math.max(0, ...part) / loudest * (height - 12), x = (i + 0.5) * width / bars;
		return `M${tenth(x)} ${tenth((height - tall) / 2)}v${tenth(tall)}`;
	}).join("");
	for (const id of ["all", "played"]) $(id).setAttribute("d", path);
	drawPlace(true);
}

function drawPlace(speak) {
	const all = length(), at = drag ?? audio.currentTime, x = all && at / all * wave.clientWidth;
	$("cut").firstChild.setAttribute("width", x);
	$("head").setAttribute("transform", `translate(${x})`);
	write({ at: clock(at), of: clock(told()) });
	// A focused slider that moves by itself would be read out without end.
	if (!speak && document.activeElement === $("position")) return;
	Object.assign($("position"), { max: all, value: at, ariaValueText: TEXT.place(spoken(at), spoken(told(), true)) });
}

// Keys and pointers
const KEYS = {
	" ": toggle, k: toggle, ArrowLeft: () => skip(-5), ArrowRight: () => skip(5), j: () => skip(-10), l: () => skip(10),
	ArrowUp: () => louder(10), ArrowDown: () => louder(-10), "<": () => faster(-1), ">": () => faster(1),
	m: () => setVolume(audio.volume * 100, !audio.muted), "?": () => $("sheet").showModal(),
};

function onKey(event) {
	const { target, ctrlKey, metaKey, altKey } = event, arrow = event.key.startsWith("Arrow");
	const key = arrow ? event.key : event.key.toLowerCase(), off = !arrow && key !== " " && !$("single").checked;
	if (!KEYS[key] || ctrlKey || metaKey || altKey || off || over || $("sheet").open) return;
	if (target.id === "speed" || (target.id === "volume" && arrow) || (key === " " && target.matches("button"))) return;
	event.preventDefault();
	KEYS[target.id === "position" ? key.replace("Up", "Right").replace("Down", "Left") : key]();
}

function onPoint({ type, clientX, button, pointerId }) {
	const { left, width } = wave.getBoundingClientRect(), at = within((clientX - left) / width, 1) * length();
	if (type === "pointerdown" && !button) drag = at, wave.setPointerCapture(pointerId);
	if (drag !== null) drag = at, drawPlace(true);
	if (type === "pointerup" && drag !== null) seek(at);
	if (type !== "pointerdown" && type !== "pointermove") drag = null;
}

function furnish() {
	for (const node of every("[data-t]")) node.textContent = TEXT[node.dataset.t];
	for (const node of every("[data-l]")) label(node, TEXT[node.dataset.l]);
	$("speed").append(...SPEEDS.map((rate) => new Option(`${rate}×`, rate)));
	setSpeed(1);
	for (const keys in TEXT.keys)
		$("list").append(make("dt", ...keys.split(" ").map((key) => make("kbd", key))), make("dd", TEXT.keys[keys]));
}

function wire() {
	for (const node of every("[data-k]")) {
		node.onclick = KEYS[node.dataset.k];
		// A button clicked with the mouse takes no focus: the space bar then plays and pauses.
		node.onmousedown = (event) => event.preventDefault();
	}
	$("shut").onclick = () => $("sheet").close();
	$("speed").onchange = ({ target }) => setSpeed(+target.value);
	$("volume").oninput = ({ target }) => setVolume(target.value), $("position").oninput = ({ target }) => seek(target.value);
	for (const kind of ["down", "move", "up", "cancel"]) wave[`onpointer${kind}`] = onPoint;
	audio.onplay = () => { wanted = true; mark ??= audio.currentTime; beat(); drawButton(); };
	audio.onpause = () => { wanted &&= held; beat(); drawButton(); drawPlace(true); };
	audio.onwaiting = drawButton, audio.onplaying = () => drawButton(again = false);
	audio.onerror = () => over || fail();
	new ResizeObserver(() => call && drawWave()).observe(wave);
	document.onkeydown = onKey;
	document.onvisibilitychange = () => over || poll();
	onpagehide = beat;
	onhashchange = () => location.reload();
	setInterval(tick, TICK);
}

// Opening
function tick() {
	if (over) return;
	const left = until - Date.now() - ahead, now = performance.now();
	if (left <= 0) return end((access.erased ? TEXT.erasedAt : TEXT.endedAt)(access.until_told));
	write({ left: fromNow(left) });
	if (!audio.paused && !fresh()) hold(TEXT.lost);
	if (!audio.paused && now - beatAt >= BEAT) beat();
	else if (audio.paused && now - pollAt >= (held ? BEAT : POLL)) unsent.length ? beat() : poll();
	drawPlace(false);
}

function take({ now, until: _, ...said }) {
	ahead = Date.parse(now) - Date.now();
	if (JSON.stringify(said) === JSON.stringify(access)) return;
	access = said;
	const { recordings } = access, same = recordings.find((one) => one.id === call?.id);
	if (!recordings.length) return end(TEXT.gone);
	document.body.className = "open";
	drawAccess();
	if (!same) return choose(recordings[0]);
	call = same;
	drawCall();
}

async function open() {
	const code = location.hash.slice(1);
	if (code) history.replaceState(null, "", "/listen");
	write({ heading: TEXT.opening });
	grant = location.pathname.split("/")[2];
	if (code) {
		const { status, data } = await persist("/listen/exchange", { code });
		if (status !== 200) return end(data.sentence, TEXT.used, TEXT.usedNext);
		history.replaceState(null, "", `/listen/${grant = data.grant}`);
	}
	if (!grant) return end("", TEXT.empty, TEXT.emptyNext);
	const reply = await persist(under("access")), { ended, sentence } = reply.data;
	if (reply.status !== 200 && !ended) return end(sentence, TEXT.closed, TEXT.closedNext);
	over = false;
	settle(reply);
}

furnish();
wire();
open();
