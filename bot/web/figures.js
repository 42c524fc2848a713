/** Takes the link's code into its field, and sends nothing before somebody presses. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken();
