// Validates one file in a process of its own and prints what that cost.
const { validate } = await import(new URL('../../../dist/index.js', import.meta.url));
const { passed } = await validate({ path: process.argv[2], config: false });
const { user, system } = process.cpuUsage();
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ megabytes, seconds: (user + system) / 1e6, passed }));
