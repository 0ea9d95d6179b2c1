// A world clock: GET / shows a page, GET /api/clocks gives the same as JSON, GET /healthz is for the orchestrator.
import { join } from "node:path";
import { formatDistance, formatISO, parseISO } from "date-fns";
import express from "express";
import _ from "lodash";
import pino from "pino";
import { interval, map, startWith } from "rxjs";
import { z } from "zod";

const settings = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65535).default(8080),
    SINCE: z.iso.date().default("2020-01-01"),
  })
  .parse(process.env);
const log = pino();
const since = parseISO(settings.SINCE);

let now = new Date();
const ticks = interval(1000)
  .pipe(
    startWith(0),
    map(() => new Date()),
  )
  .subscribe((date) => {
    now = date;
  });

const zones = { Berlin: "Europe/Berlin", Tokyo: "Asia/Tokyo", "New York": "America/New_York" };
const clocks = () =>
  _.mapValues(zones, (timeZone) =>
    now.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }),
  );
const page = _.template(
  "<!doctype html><title>Clocks</title><ul><% _.forEach(clocks, (time, city) => { %><li><%- city %>: <%- time %></li><% }) %></ul>",
);

const app = express();
app.use(express.static(join(import.meta.dirname, "public")));
app.get("/", (_request, response) => response.type("html").send(page({ clocks: clocks(), _ })));
app.get("/api/clocks", (_request, response) =>
  response.json({ now: formatISO(now), running: formatDistance(now, since), clocks: clocks() }),
);
app.get("/healthz", (_request, response) => response.json({ status: "ok" }));

const server = app.listen(settings.PORT, () => log.info({ port: server.address().port }, "listening"));
process.once("SIGTERM", () => {
  ticks.unsubscribe();
  server.close();
});
