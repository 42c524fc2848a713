/** The listening page: opens one access, reports what was heard, and stops the moment the access ends. */

import { $, ask, every, fromNow, isolated, make, notice, persist, tenth, TEXT, title, write } from "./pieces.js";
import { audio, drawButton, drawPlace, drawWave, empty, hold, page, place, play, player, put } from "./player.js";

const REFUSED = [401, 403, 404, 410], BEAT = 2000, POLL = 4000, UNSURE = 4750, TICK = 100;

let grant, access, ahead = 0, until = 0; // as the server says
let sure = 0, beatAt = 0, pollAt = 0, mark = null, unsent = []; // when access was last confirmed; what was heard since

// Asking the server: status 0 means no answer
const under = (...parts) => `/listen/${[grant, ...parts].map(encodeURIComponent).join("/")}`;
const fresh = () => performance.now() - sure < UNSURE;

function settle({ status, sent, data }) {
	if (player.over) return;
	if (REFUSED.includes(status)) return end(data.sentence);
	if (data.stop && player.wanted && !player.held) hold(data.sentence);
	if (status !== 200) return player.held && notice(data.sentence ?? TEXT.lost);
	sure = Math.max(sure, sent);
	until = Date.parse(data.until) || until;
	if (player.held) play();
	if (data.recordings) take(data);
}

async function poll() {
	pollAt = performance.now();
	settle(await ask(under("access")));
}

// What was heard is sent at each beat, pause and jump, and kept here until the server has it
function cut() {
	const from = tenth(mark ?? Infinity), to = place();
	if (to > from) unsent.push({ id: player.call.id, from, to });
	mark = audio.paused ? null : audio.currentTime;
}

function beat() {
	if (player.over) return;
	cut();
	beatAt = pollAt = performance.now();
	if (!unsent.length) unsent.push({ id: player.call.id, from: place(), to: place() });
	unsent.splice(0).forEach(send);
}

async function send({ id, ...span }) {
	const reply = await ask(under(id, "heard"), { ...span, playing: !audio.paused });
	if (reply.status !== 200 && !REFUSED.includes(reply.status)) unsent.push({ id, ...span });
	settle(reply);
}

Object.assign(page, {
	source: ({ id }) => under(id, "audio"), sure: fresh, ask: poll, leave: cut,
	arrive() { if (mark !== null) mark = audio.currentTime, beatAt = 0; },
	change() { if (!audio.paused) mark ??= audio.currentTime; beat(); },
});

// Stopping
function end(sentence, heading = TEXT.ended, next = TEXT.endedNext) {
	audio.pause();
	cut();
	if (unsent.length) beat();
	empty();
	access = mark = null;
	for (const node of every(".page dd, .page h1, #calls, #staff, #request")) node.textContent = "";
	document.body.className = "stop";
	write({ heading, sentence: sentence ?? "", next });
	$("heading").focus();
}

// Drawing
function choose(next) {
	put(next, under(next.id, "peaks"));
	mark = null;
	drawCall();
}

function drawCall() {
	const { call } = player, { recordings } = access;
	const { direction, started_told: here, line, length: lasts, operator, department, crm } = call;
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
	button.onclick = () => one === player.call || choose(one);
	return make("li", button);
}

function drawAccess() {
	const { person, reason, approved_by, approved_told: approved_at, until_told: until, recordings } = access;
	const request = TEXT.request(access.request), several = TEXT.several(recordings.length);
	const giver = TEXT.giver(access.request);
	write({ giver, reason, approved_at, request, several, until, person: isolated(person), approved_by: isolated(approved_by) });
	$("calls").replaceChildren(...recordings.map(row));
}

// Opening
function tick() {
	if (player.over) return;
	const left = until - Date.now() - ahead, now = performance.now();
	if (left <= 0) return end((access.erased ? TEXT.erasedAt : TEXT.endedAt)(access.until_told));
	write({ left: fromNow(left) });
	if (!audio.paused && !fresh()) hold(TEXT.lost);
	if (!audio.paused && now - beatAt >= BEAT) beat();
	else if (audio.paused && now - pollAt >= (player.held ? BEAT : POLL)) unsent.length ? beat() : poll();
	drawPlace(false);
}

function take({ now, until: _, ...said }) {
	ahead = Date.parse(now) - Date.now();
	if (JSON.stringify(said) === JSON.stringify(access)) return;
	access = said;
	const { recordings } = access, same = recordings.find((one) => one.id === player.call?.id);
	if (!recordings.length) return end(TEXT.gone);
	document.body.className = "open";
	drawAccess();
	if (!same) return choose(recordings[0]);
	player.call = same;
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
	if (reply.status !== 200 && !ended) return end(sentence, TEXT.closed, "");
	player.over = false;
	settle(reply);
}

document.onvisibilitychange = () => player.over || poll();
onpagehide = beat;
onhashchange = () => location.reload();
setInterval(tick, TICK);
open();
