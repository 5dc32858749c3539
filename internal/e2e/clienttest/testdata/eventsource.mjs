import {EventSource} from "eventsource";
import {followEventSource} from "./client.mjs";

followEventSource(EventSource);
