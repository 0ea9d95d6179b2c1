import Fastify from "fastify";
import { z } from "zod";

const settings = z.object({
  PORT: z.coerce.number().int().default(8080),
  GREETING: z.string().default("Hello"),
});
const { PORT, GREETING } = settings.parse(process.env);

const app = Fastify({ logger: false });
app.get("/healthz", () => ({ status: "ok", uid: process.getuid?.(), node: process.version }));
app.get<{ Params: { name: string } }>("/hello/:name", ({ params }) => ({
  message: `${GREETING}, ${params.name}`,
}));

process.on("SIGTERM", () => void app.close());
const address = await app.listen({ host: "127.0.0.1", port: PORT });
console.log(JSON.stringify({ address }));
