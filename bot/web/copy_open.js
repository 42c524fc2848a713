/** Takes the link's code into its field, and sends nothing: someone types the passcode and presses. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken();
if (document.getElementById("paste").hidden && !document.querySelector("[autofocus]")) document.getElementById("passcode").focus();
