/** Opens a report's link once the page has loaded, and closes a page that isn't used. Every page works without it. */

import { taken } from "/listen/assets/fragment.js";

const IDLE = 15 * 60_000;
const $ = (id) => document.getElementById(id);

function close() {
	const typed = [...document.querySelectorAll("textarea")].filter((one) => one.value !== one.defaultValue);
	for (const one of typed) {
		const words = document.createElement("p");
		words.className = "words box";
		words.textContent = one.value;
		$("kept").append(words);
	}
	$("kept").hidden = !typed.length;
	$("open-page").remove();
	$("idle").hidden = false;
}

if ($("open")) taken(() => "now" in $("open").dataset && $("open").requestSubmit());
if ($("open-page")) {
	let timer;
	const later = () => { clearTimeout(timer); timer = setTimeout(close, IDLE); };
	later();
	// A person who listens is there: the server counts each part heard as a press
	for (const one of document.querySelectorAll("audio")) one.ontimeupdate = later;
	// Each form is sent by itself, so anything typed into another one would be lost
	addEventListener("submit", (event) => {
		const others = [...document.querySelectorAll("textarea")].filter((one) => one.value !== one.defaultValue && one.form !== event.target);
		if (others.length && !confirm("You have written something else that isn’t sent yet and would be lost. Continue without it?")) event.preventDefault();
	});
	// A page from the browser's back-forward cache may be older than the session
	addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
