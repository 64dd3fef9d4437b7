/** Middles of the streets, good to about a kilometre (GCJ-02): enough to sort stations for somebody without GPS. */

export interface Street {
  name: string
  district: '福田' | '龙岗'
  lat: number
  lng: number
}

export const STREETS: readonly Street[] = [
  { name: '南园', district: '福田', lat: 22.533, lng: 114.093 },
  { name: '园岭', district: '福田', lat: 22.556, lng: 114.099 },
  { name: '福田', district: '福田', lat: 22.528, lng: 114.061 },
  { name: '沙头', district: '福田', lat: 22.528, lng: 114.029 },
  { name: '香蜜湖', district: '福田', lat: 22.55, lng: 114.024 },
  { name: '梅林', district: '福田', lat: 22.572, lng: 114.042 },
  { name: '莲花', district: '福田', lat: 22.557, lng: 114.056 },
  { name: '华富', district: '福田', lat: 22.554, lng: 114.077 },
  { name: '福保', district: '福田', lat: 22.513, lng: 114.048 },
  { name: '华强北', district: '福田', lat: 22.547, lng: 114.086 },
  { name: '平湖', district: '龙岗', lat: 22.69, lng: 114.13 },
  { name: '坪地', district: '龙岗', lat: 22.76, lng: 114.302 },
  { name: '南湾', district: '龙岗', lat: 22.623, lng: 114.148 },
  { name: '坂田', district: '龙岗', lat: 22.635, lng: 114.07 },
  { name: '布吉', district: '龙岗', lat: 22.608, lng: 114.123 },
  { name: '龙城', district: '龙岗', lat: 22.715, lng: 114.24 },
  { name: '龙岗', district: '龙岗', lat: 22.728, lng: 114.276 },
  { name: '横岗', district: '龙岗', lat: 22.648, lng: 114.205 },
  { name: '吉华', district: '龙岗', lat: 22.628, lng: 114.108 },
  { name: '宝龙', district: '龙岗', lat: 22.703, lng: 114.295 },
  { name: '园山', district: '龙岗', lat: 22.628, lng: 114.22 },
]
