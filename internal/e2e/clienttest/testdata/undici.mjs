import {EventSource} from "undici";
import {followEventSource} from "./client.mjs";

followEventSource(EventSource);
