// Times ONNX models in ONNX Runtime, one thread: `node onnx_runtime.cjs FOLDER NAME BATCH ...` prints, for FOLDER/NAME.onnx
// and the batch it was written for, milliseconds of CPU time a pass. Needs npm's onnxruntime-node.
const path = require('path');
const ort = require('onnxruntime-node');

async function time(file, batch) {
  const session = await ort.InferenceSession.create(file, {intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3});
  const values = Float32Array.from({length: batch * 3 * 224 * 224}, () => 2 * Math.random() - 1);
  const feeds = {x: new ort.Tensor('float32', values, [batch, 3, 224, 224])};
  for (let i = 0; i < 2; ++i) await session.run(feeds);
  let best = Infinity;
  for (let round = 0; round < 3; ++round) {
    const start = process.cpuUsage();
    const spent = () => Object.values(process.cpuUsage(start)).reduce((a, b) => a + b) / 1e3;
    let passes = 0;
    while (spent() < 700 || passes < 2) {
      await session.run(feeds);
      ++passes;
    }
    best = Math.min(best, spent() / passes);
  }
  return best;
}

(async () => {
  const [folder, ...rest] = process.argv.slice(2);
  for (let i = 0; i < rest.length; i += 2)
    console.log(`${rest[i]}\t${await time(path.join(folder, `${rest[i]}.onnx`), Number(rest[i + 1]))}`);
})();
