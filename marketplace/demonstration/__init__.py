"""The demonstration: invented councils, suppliers and readings around six real challenges; data and pure readers."""
