import type { Endpoint } from "./endpoint.ts";
import type { RateClass } from "./middleware/rate_limit.ts";
import type { Meter } from "./middleware/request_metrics.ts";

/** What stands around an endpoint, the same for each of its requests. */
export interface Route {
  readonly rateClass: RateClass;
  /** Its `RateLimit-Policy`; `null` where nobody is limited. */
  readonly ratePolicy: string | null;
  readonly meter: Meter;
}

/** The surroundings of each endpoint, and of addresses where nothing is. */
export class Routes {
  readonly #byEndpoint = new Map<Endpoint | null, Route>();
  readonly #make: (endpoint: Endpoint | null) => Route;

  constructor(make: (endpoint: Endpoint | null) => Route) {
    this.#make = make;
  }

  of(endpoint: Endpoint | null): Route {
    const known = this.#byEndpoint.get(endpoint);
    if (known) return known;
    const made = this.#make(endpoint);
    this.#byEndpoint.set(endpoint, made);
    return made;
  }
}
