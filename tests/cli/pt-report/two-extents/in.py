import random

random.seed(1)


def time(seconds):
    return f"2026-11-20T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


for i in range(10):
    print(f'{{"ts":"{time(7980 + i)}","name":"cpu.busy","value":{10 + i},"unit":"%"}}')
messages = 0
for s in range(34200, 57600, 5):
    minute = s // 60
    slow = 4 if 667 <= minute < 675 else 1  # 11:07 to 11:15
    value = 10 * slow + random.random()
    print(f'{{"ts":"{time(s)}","name":"order.latency","value":{value:.3f},"unit":"ms"}}')
    messages += 0 if 780 <= minute < 783 else 7  # 13:00 to 13:03
    print(f'{{"ts":"{time(s)}","name":"md.messages","value":{messages},"tags":{{"feed":"itch"}}}}')
for severity, name, minute in ("error", "order.rejected", 600), ("fatal", "engine.down", 700), ("info", "note", 800):
    print(f'{{"ts":"{time(60 * minute)}","type":"event","severity":"{severity}","name":"{name}"}}')
