/** Puts the link's code into its field, and sends it at once. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken(() => document.getElementById("open").requestSubmit());
