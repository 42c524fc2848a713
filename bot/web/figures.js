/** Takes the link's code into its field, and sends nothing before someone presses. The page works without it. */

import { taken } from "/listen/assets/fragment.js";

taken();
