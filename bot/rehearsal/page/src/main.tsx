// Starts the page.

import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Net } from "./ui/Net";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Net><App /></Net>);
