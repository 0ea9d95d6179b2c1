import fc from "fast-check";
import { readPropertySeed } from "./property-seed.js";

const seed = readPropertySeed(process.env);

fc.configureGlobal(seed === undefined ? {} : { seed });
