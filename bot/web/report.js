/** Opens a link only when someone presses, and closes a page that no one touches. Every page works without it. */

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

if ($("open")) taken();
if ($("open-page")) {
	let timer;
	const later = () => { clearTimeout(timer); timer = setTimeout(close, IDLE); };
	later();
	// Whoever listens is there, and each part that is heard is a press for the server
	for (const one of document.querySelectorAll("audio")) one.ontimeupdate = later;
	// Each form is sent by itself: what stands in another one would be lost
	addEventListener("submit", (event) => {
		const others = [...document.querySelectorAll("textarea")].filter((one) => one.value !== one.defaultValue && one.form !== event.target);
		if (others.length && !confirm("You have written something else that isn’t sent yet and would be lost. Continue without it?")) event.preventDefault();
	});
	// A page that a browser kept to go back to could be older than the session
	addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
