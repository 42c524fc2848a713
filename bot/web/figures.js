/** Puts the link's code into its field, and sends nothing until Open is pressed. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken();
