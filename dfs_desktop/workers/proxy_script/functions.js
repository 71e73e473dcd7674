// The functions that every proxy script may call. `own` looks names up; the script does not see it.
// The value is what asks the script: [answer, complaint], of which one is null.
(function (own, world) {
    "use strict";
    const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    const split = list => (list === "" ? [] : list.split(";"));
    const numbered = found => split(found).find(each => each.indexOf(":") < 0);
    const text = value => String(value).toLowerCase();

    // The moment as the script counts it, and what it said beside "GMT".
    function moment(words) {
        const gmt = words.length > 0 && String(words[words.length - 1]).toUpperCase() === "GMT";
        const now = new Date(), get = gmt ? "getUTC" : "get";
        const of = part => now[get + part]();
        return [of, gmt ? words.slice(0, -1) : words.slice()];
    }

    // From one list of numbers to another, both included; a range may go round (from October to March).
    function within(now, from, to) {
        const compare = (a, b) => { const at = a.findIndex((n, i) => n !== b[i]); return at < 0 ? 0 : a[at] - b[at]; };
        const begun = compare(now, from) >= 0, open = compare(now, to) <= 0;
        return compare(from, to) <= 0 ? begun && open : begun || open;
    }

    const functions = {
        isPlainHostName: host => !/[.:]/.test(String(host)),
        dnsDomainIs: (host, domain) => text(host).endsWith(text(domain)),
        localHostOrDomainIs: (host, whole) =>
            text(host) === text(whole)
            || (String(host).indexOf(".") < 0 && text(whole).startsWith(text(host) + ".")),
        isResolvable: host => numbered(own.resolve(String(host))) !== undefined,
        isResolvableEx: host => own.resolve(String(host)) !== "",
        dnsResolve: host => numbered(own.resolve(String(host))) || null,
        dnsResolveEx: host => own.resolve(String(host)),
        myIpAddress: () => numbered(own.mine()) || "127.0.0.1",
        myIpAddressEx: () => own.mine(),
        sortIpAddressList: list => own.sorted(String(list)),
        getClientVersion: () => "1.0",
        isInNet: (host, pattern, mask) => own.masked(numbered(own.resolve(String(host))) || "", String(pattern), String(mask)),
        isInNetEx: (host, prefix) => split(own.resolve(String(host))).some(each => own.inside(each, String(prefix))),
        dnsDomainLevels: host => String(host).split(".").length - 1,
        shExpMatch: function (value, pattern) {
            // As browsers do: * and ? stand for characters, and what else means something in an
            // expression keeps its meaning there, such as (a|b) and [0-9].
            const some = String(pattern).replace(/[.+${}\\]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".");
            try {
                return new RegExp("^(?:" + some.replace(/\[!/g, "[^") + ")$").test(String(value));
            } catch (_) {
                return new RegExp("^" + some.replace(/[()|[\]^]/g, "\\$&") + "$").test(String(value));
            }
        },
        weekdayRange: function (...given) {
            const [of, words] = moment(given);
            const [first, last = first] = words.map(each => days.indexOf(String(each).toUpperCase()));
            return first >= 0 && last >= 0 && within([of("Day")], [first], [last]);
        },
        dateRange: function (...given) {
            const [of, words] = moment(given);
            const kind = each => typeof each === "string" && isNaN(each) ? "Month" : each > 31 ? "FullYear" : "Date";
            const order = ["FullYear", "Month", "Date"];
            const half = words.length === 1 ? 1 : words.length / 2;
            const sides = [words.slice(0, half), words.slice(-half)].map(function (side) {
                const known = {};
                side.forEach(each => { known[kind(each)] = kind(each) === "Month" ? months.indexOf(each.toUpperCase()) : Number(each); });
                return known;
            });
            const parts = order.filter(part => part in sides[0]);
            if (half === 0 || parts.length !== half || !parts.every(part => part in sides[1])) {
                return false;
            }
            const list = side => parts.map(part => side[part]);
            return within(parts.map(of), list(sides[0]), list(sides[1]));
        },
        timeRange: function (...given) {
            const [of, words] = moment(given);
            const half = words.length === 1 ? 1 : words.length / 2;
            const parts = ["Hours", "Minutes", "Seconds"].slice(0, half);
            const [from, to] = [words.slice(0, half), words.slice(-half)].map(side => side.map(Number));
            return half > 0 && parts.length === half && within(parts.map(of), from, to);
        },
        alert: () => undefined,
    };
    for (const name in functions) {
        world[name] = functions[name];
    }
    world.globalThis = world;  // which Qt's engine has not
    return function (find, url, host) {
        try {
            const found = find(url, host);
            const answer = found === null || found === undefined ? "" : String(found);
            return [answer.replace(/[\ud800-\udfff]/g, "?"), null];
        } catch (error) {
            return [null, String(error)];
        }
    };
})
