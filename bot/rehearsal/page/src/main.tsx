// Starts the page, or on the gallery's page makes `draw` ready.

import { createRoot } from "react-dom/client";
import { App } from "./App";
import { prepareGallery } from "./gallery/Gallery";
import { Net } from "./ui/Net";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Net><App /></Net>);

const gallery = document.getElementById("gallery");
if (gallery) prepareGallery(gallery);
