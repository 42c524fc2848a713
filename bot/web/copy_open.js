/** Puts the link's code into its field, and sends nothing until the passcode is typed and Open pressed. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken();
if (document.getElementById("paste").hidden && !document.querySelector("[autofocus]")) document.getElementById("passcode").focus();
