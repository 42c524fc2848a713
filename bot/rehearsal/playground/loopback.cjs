// Microsoft's client listens on every interface and has no setting for it, and it outlives whoever started it.
// Loaded before it, this keeps it on this machine, and ends it with its starter, whose end closes the standard input.
"use strict";
const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number" ? listen.call(this, { port, host: "127.0.0.1" }, ...rest) : listen.call(this, port, ...rest);
};

process.stdin.on("end", () => process.exit(0)).resume();
