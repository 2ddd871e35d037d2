-- One line that bench/_serving.py reads.
done = function(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format("requests=%d micros=%d bad=%d p95=%.0f\n", summary.requests,
    summary.duration, bad.status + bad.connect + bad.read + bad.write + bad.timeout,
    latency:percentile(95)))
end
