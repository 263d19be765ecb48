"""Ways out of the house for alerts: e-mail, and the group robots of Feishu, DingTalk and WeCom."""
