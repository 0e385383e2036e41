"""Reading what a case is opened from: alerts, tickets, error reports, traces, plain text. Pure."""
