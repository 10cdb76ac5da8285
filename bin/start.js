/** Runs a command of dist/cli. Its own file: `import()` does not parse on the oldest Node. */
module.exports = async function start(command) {
  const { main } = await import(`../dist/cli/${command}.js`);
  await main(process.argv.slice(2));
};
