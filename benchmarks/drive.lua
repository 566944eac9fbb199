-- For wrk: ask the addresses in the file TARGETS in turn, and print one line of JSON at the end.
-- With FRESH=n each address is used once only, by a number from n on at its end.

local targets, requests, turn = {}, {}, 0
local fresh = tonumber(os.getenv("FRESH") or "0")
local limit = os.getenv("LIMIT") or ""

init = function(_)
    for line in io.lines(os.getenv("TARGETS")) do
        targets[#targets + 1] = line
        requests[#requests + 1] = wrk.format("GET", line .. limit, wrk.headers)
    end
end

request = function()
    turn = turn + 1
    local place = turn % #targets + 1
    if fresh == 0 then
        return requests[place]
    end
    return wrk.format("GET", targets[place] .. (fresh + turn), wrk.headers)
end

done = function(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "microseconds": %d, "bytes": %d, "failed": %d, "lost": %d, '
            .. '"p50": %d, "p99": %d}\n',
        summary.requests, summary.duration, summary.bytes, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)
    ))
end
